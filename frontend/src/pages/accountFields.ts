/** What can be said about an account's fields before the server is asked. */

export const PASSWORD_CHARACTERS = 8;

export type FieldFault = "required" | "badEmail" | "shortPassword";

export function emailFault(email: string): FieldFault | null {
  if (email.trim() === "") return "required";
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : "badEmail";
}

export function newPasswordFault(password: string): FieldFault | null {
  if (password === "") return "required";
  return [...password].length < PASSWORD_CHARACTERS ? "shortPassword" : null;
}

/** The texts in a form's fields, by their names. */
export function textsOf(form: HTMLFormElement): (name: string) => string {
  const given = new FormData(form);
  return (name) => String(given.get(name) ?? "");
}

export function fieldOf(form: HTMLFormElement, name: string): HTMLElement | null {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLElement ? found : null;
}
