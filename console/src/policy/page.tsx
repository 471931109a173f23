// Who may do what, and what the policy would say of a call.

export function PolicyPage() {
  return (
    <div class="sheet">
      <h1>Policy</h1>
    </div>
  );
}
