// Who holds which key, and making, replacing and revoking them.

export function KeysPage() {
  return (
    <div class="sheet">
      <h1>Keys</h1>
    </div>
  );
}
