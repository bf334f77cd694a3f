/** What can be done with a video. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, api, session } from "./client";
import { problemIn } from "./problems";
import { askAgain, DELETION, dropVideo, keepVideo } from "./videos";

type Command = "cancel" | "retry";

export function useVideoCommand(command: Command) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answered(api.POST(`/api/v1/videos/{video_id}/${command}`, { params: { path: { video_id: id } } })),
    onSuccess: (video) => keepVideo(cache, video),
    onError: () => askAgain(cache),
  });
}

export function useDeletion() {
  const cache = useQueryClient();
  return useMutation({
    mutationKey: DELETION,
    mutationFn: (id: string) =>
      answered(api.DELETE("/api/v1/videos/{video_id}", { params: { path: { video_id: id } } })),
    onSuccess: (_, id) => dropVideo(cache, id),
  });
}

/** Whether a result can be had now: an overview is made first; to an archive we are sent on, and need not go ourselves. */
export function useResultCheck() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (url: string) => {
      const response = await session.fetch(new Request(url, { redirect: "manual" }));
      if (response.type !== "opaqueredirect" && !response.ok) throw await problemIn(response);
    },
    onError: () => askAgain(cache),
  });
}
