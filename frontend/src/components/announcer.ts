/** What screen readers are told of while the user is elsewhere on the page. */

let spoken = "";
const listeners = new Set<() => void>();

export function announce(text: string): void {
  spoken = text;
  for (const listener of listeners) listener();
}

export const announced = (): string => spoken;

export function onAnnouncement(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
