/** What can be done with a video. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, api, session, type Video } from "./client";
import { problemIn } from "./problems";
import { archiveUrl, askAgain, DELETION, dropVideo, keepVideo } from "./videos";

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

/** Whether the archive can be had now: the API then sends us on to the store, where we need not go ourselves. */
export function useArchiveCheck() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (video: Video) => {
      const response = await session.fetch(new Request(archiveUrl(video), { redirect: "manual" }));
      if (response.type !== "opaqueredirect" && !response.ok) throw await problemIn(response);
    },
    onError: () => askAgain(cache),
  });
}
