/** The page's one cache, upload queue and stream of changes. */

import { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { apiUrl, session, type Video } from "./api/client";
import { LiveVideos } from "./api/live";
import { mayPass } from "./api/problems";
import { askAgain, dropVideo, isRunning, keepVideo, videoQuery } from "./api/videos";
import { announce } from "./components/announcer";
import { apiOrigin } from "./config";
import { FittingUploads } from "./uploads/fitting";
import { UploadQueue } from "./uploads/queue";
import { StreamedUploads } from "./uploads/streamed";

const RETRIES = 2;

export const cache = new QueryClient({
  defaultOptions: { queries: { retry: (failures, error) => failures < RETRIES && mayPass(error), staleTime: 5_000 } },
});

const fitting = new FittingUploads(new StreamedUploads(apiOrigin, session), async () => {
  return (await import("./uploads/directUploads")).directUploads;
});

export const uploads = new UploadQueue(fitting, (video) => {
  keepVideo(cache, video);
  announce(i18next.t("uploads.arrived", { name: video.filename }));
});

export const live = new LiveVideos(
  apiUrl("/events"),
  takeNews,
  (id) => dropVideo(cache, id),
  () => void askAgain(cache),
  () => session.freshToken(),
);

function takeNews(video: Video): void {
  const known = cache.getQueryData(videoQuery(video.id, true).queryKey);
  keepVideo(cache, video);
  if (!isRunning(video) && known?.status !== video.status) {
    const status = i18next.t(`status.${video.status}`);
    announce(i18next.t("library.changed", { name: video.filename, status }));
  }
}

window.addEventListener("beforeunload", (event) => {
  if (uploads.isBusy) event.preventDefault();
});
