/** What a browser fetches by itself, by a link. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { apiUrl, session } from "./client";
import { problemIn } from "./problems";
import { askAgain } from "./videos";

/** All that is kept of the user. */
export const exportUrl = (): string => apiUrl("/me/export");

/**
 * Whether it can be had now, with a fresh cookie for the link: an overview is made first; to an archive we are sent on,
 * and need not go ourselves. More than the beginning is left to the link.
 */
export function useDownloadCheck() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (url: string) => {
      const response = await session.fetch(new Request(url, { redirect: "manual" }));
      if (response.type !== "opaqueredirect" && !response.ok) throw await problemIn(response);
      await response.body?.cancel();
    },
    onError: () => askAgain(cache),
  });
}
