/** Where one is signed in. */

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "./client";

export interface SessionInfo {
  id: string;
  user_agent: string;
  client_address: string;
  last_used_at: string;
  current: boolean;
}

const SESSIONS = ["sessions"] as const;

export const sessionsQuery = queryOptions({
  queryKey: SESSIONS,
  queryFn: ({ signal }) => answered(api.GET("/api/v1/me/sessions", { signal })),
});

/** Ends one session, or all others where none is named. */
export function useSessionEnd() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (id: string | null) => {
      if (id === null) await answered(api.DELETE("/api/v1/me/sessions"));
      else await answered(api.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id: id } } }));
    },
    onSettled: () => cache.invalidateQueries({ queryKey: SESSIONS }),
  });
}
