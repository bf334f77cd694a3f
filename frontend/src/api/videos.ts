/** The videos: questions, and the one place that changes what is cached of them. */

import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { answered, api, apiUrl, type Frame, type Video, type VideoPage } from "./client";

const LIBRARY_PAGE = 20;
export const FRAMES_PAGE = 24;
const POLL_MS = 2_000;

const RUNNING: ReadonlySet<Video["status"]> = new Set(["uploading", "queued", "processing"]);

export const isRunning = (video: Video): boolean => RUNNING.has(video.status);

const keys = {
  all: ["videos"] as const,
  library: ["videos", "library"] as const,
  one: (id: string) => ["videos", "one", id] as const,
  frames: (id: string, attempt: number, cursor: string, made: number) =>
    ["videos", "frames", id, attempt, cursor, made] as const,
};

export const DELETION = ["videos", "deletion"] as const;

type Library = InfiniteData<VideoPage, string>;

/** All of the user's videos, newest first; asked for again while some are running and nobody tells us of changes. */
export const libraryQuery = (told: boolean) =>
  infiniteQueryOptions({
    queryKey: keys.library,
    queryFn: ({ pageParam, signal }) =>
      answered(api.GET("/api/v1/videos", { params: { query: { limit: LIBRARY_PAGE, cursor: pageParam } }, signal })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      !told && state.data?.pages.some((page) => page.items.some(isRunning)) ? POLL_MS : false,
  });

export const videoQuery = (id: string, told: boolean) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) =>
      answered(api.GET("/api/v1/videos/{video_id}", { params: { path: { video_id: id } }, signal })),
    refetchInterval: ({ state }) => (!told && state.data && isRunning(state.data) ? POLL_MS : false),
  });

/** Some rows of the manifest: others when more frames are made, and when a finished attempt has dropped some. */
export const framesQuery = (video: Video, cursor: string) =>
  queryOptions({
    queryKey: keys.frames(video.id, video.attempts, cursor, video.status === "processing" ? video.frames_ready : -1),
    queryFn: ({ signal }) =>
      answered(
        api.GET("/api/v1/videos/{video_id}/frames", {
          params: { path: { video_id: video.id }, query: { limit: FRAMES_PAGE, cursor } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Puts a newer state of a video wherever it is shown. */
export function keepVideo(cache: QueryClient, video: Video): void {
  cache.setQueryData<Video>(keys.one(video.id), video);
  const library = cache.getQueryData<Library>(keys.library);
  if (!library) return;
  if (library.pages.some((page) => page.items.some((one) => one.id === video.id))) {
    const replaced = (page: VideoPage) => ({
      ...page,
      items: page.items.map((one) => (one.id === video.id ? video : one)),
    });
    cache.setQueryData<Library>(keys.library, { ...library, pages: library.pages.map(replaced) });
  } else {
    const [first, ...rest] = library.pages;
    if (!first) return;
    const grown = { ...first, items: [video, ...first.items] };
    cache.setQueryData<Library>(keys.library, { ...library, pages: [grown, ...rest] });
  }
}

/**
 * Takes a video out of all that is shown.
 *
 * A page that shows it asks for it again, and learns that it is gone; not where it was deleted, whose page is left anyway.
 */
export function dropVideo(cache: QueryClient, id: string): void {
  const ours = cache
    .getMutationCache()
    .findAll({ mutationKey: DELETION, predicate: ({ state }) => state.variables === id && state.status !== "error" });
  if (ours.length === 0) cache.removeQueries({ queryKey: keys.one(id) });
  cache.setQueryData<Library>(
    keys.library,
    (library) =>
      library && {
        ...library,
        pages: library.pages.map((page) => ({ ...page, items: page.items.filter((one) => one.id !== id) })),
      },
  );
}

/** Everything that is shown of videos may be old. */
export function askAgain(cache: QueryClient): Promise<void> {
  return cache.invalidateQueries({ queryKey: keys.all });
}

export const archiveUrl = (video: Video): string => apiUrl(`/videos/${video.id}/frames.zip`);

export const contactSheetUrl = (video: Video): string => apiUrl(`/videos/${video.id}/contact-sheet.jpg`);

/** One frame as it was extracted, or a thumbnail of one of the widths that the API knows. */
export function frameUrl(video: Video, frame: Frame, width?: 160 | 320 | 640): string {
  const wanted = `attempt=${video.attempts}${width ? `&width=${width}` : ""}`;
  return apiUrl(`/videos/${video.id}/frames/${frame.index}?${wanted}`);
}
