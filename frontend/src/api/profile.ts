/** What a user says of themselves. Apart from the other questions, since the first page needs it. */

import type { QueryClient } from "@tanstack/react-query";
import { answered, api, type User } from "./client";

/** The cache's key of who one is. */
export const PROFILE = ["me"] as const;

/** The name, and the language in which mails come from now on. */
export async function changeProfile(cache: QueryClient, change: { name?: string; locale?: string }): Promise<User> {
  const user = await answered(api.PATCH("/api/v1/me", { body: change }));
  cache.setQueryData(PROFILE, user);
  return user;
}
