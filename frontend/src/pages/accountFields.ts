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
