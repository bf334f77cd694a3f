/** The account: signing up, and the language. */

import { answered, api, session, type User } from "./client";

export interface NewAccount {
  email: string;
  password: string;
  name: string;
  locale: string;
}

/** Makes an account and signs in. */
export async function signUp({ name, ...rest }: NewAccount): Promise<void> {
  await answered(api.POST("/api/v1/auth/register", { body: { ...rest, name: name.trim() || null } }));
  await session.signIn(rest.email, rest.password);
}

/** Mails come in this language from now on. */
export function changeLocale(locale: string): Promise<User> {
  return answered(api.PATCH("/api/v1/me", { body: { locale } }));
}
