/** The account: signing up, who one is, the password and the address. */

import { queryOptions } from "@tanstack/react-query";
import { answered, api, session } from "./client";
import { PROFILE } from "./profile";

export interface NewAccount {
  email: string;
  password: string;
  name: string;
  locale: string;
}

export const meQuery = queryOptions({
  queryKey: PROFILE,
  queryFn: ({ signal }) => answered(api.GET("/api/v1/me", { signal })),
});

/** Makes an account and signs in. */
export async function signUp({ name, ...rest }: NewAccount): Promise<void> {
  await answered(api.POST("/api/v1/auth/register", { body: { ...rest, name: name.trim() || null } }));
  await session.signIn(rest.email, rest.password);
}

/** Sends the mail with the link once more. */
export async function askForVerification(): Promise<void> {
  await answered(api.POST("/api/v1/me/verification"));
}

/** Uses up a link of a mail. */
export const verificationQuery = (token: string) =>
  queryOptions({
    queryKey: ["verification", token],
    queryFn: async ({ client }) => {
      await answered(api.POST("/api/v1/auth/verify-email", { body: { token } }));
      await client.invalidateQueries({ queryKey: PROFILE });
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Somebody's password may be set anew by the link in a mail; whether the address has an account is not told. */
export async function askForReset(email: string): Promise<void> {
  await answered(api.POST("/api/v1/auth/forgot-password", { body: { email } }));
}

/** Ends every session of the account, this browser's too if it is the same account's. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await answered(api.POST("/api/v1/auth/reset-password", { body: { token, password } }));
}
