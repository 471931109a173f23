// A dialog in front of the page. It is there as long as it is drawn, and gives the focus back to where it was.

import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface ModalProps {
  readonly title: ComponentChildren;
  /** Escape asks for it, too. Whoever draws the dialog may leave it open. */
  readonly onClose: () => void;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

export function Modal({ title, onClose, isWide = false, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // With what is drawn and not a frame later: Escape, pressed at once, is meant for the dialog.
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      // By itself a dialog gives the focus back only as long as it is in the page; and what had it may be gone.
      const isThere = before instanceof HTMLElement && before.isConnected;
      const next = isThere ? before : document.getElementById("page");
      next?.focus({ preventScroll: true });
    };
  }, []);
  const forced = () => {
    onClose();
    // A browser may close it without asking, as it does when Escape is pressed again and again.
    requestAnimationFrame(() => {
      const element = dialog.current;
      if (element?.isConnected === true && !element.open) element.showModal();
    });
  };
  return (
    <dialog
      class={`modal${isWide ? " modal-wide" : ""}`}
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={forced}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
