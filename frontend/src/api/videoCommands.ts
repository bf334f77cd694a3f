/** What can be done with a video. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "./client";
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
