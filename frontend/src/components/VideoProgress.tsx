import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Video } from "../api/client";
import { isRunning } from "../api/videos";
import { formatPercent, formatWait } from "../format/figures";

/** How far the work on a video is; nothing when no work is under way. */
export function VideoProgress({ video }: { video: Video }) {
  const { t, i18n } = useTranslation();
  if (video.status === "uploading") return <Text size="sm">{t("video.uploading")}</Text>;
  if (!isRunning(video)) return null;
  const facts = [formatPercent(video.progress, i18n.language)];
  if (video.frames_expected != null && video.status === "processing") {
    facts.push(t("video.soFar", { done: video.frames_ready, total: video.frames_expected }));
  }
  if (video.queue_position != null) facts.push(t("video.position", { count: video.queue_position }));
  if (video.eta_s != null) facts.push(t("video.eta", { wait: formatWait(video.eta_s, i18n.language) }));
  return (
    <div>
      <Progress
        value={video.progress * 100}
        aria-label={t("video.progress", { name: video.filename })}
        animated={video.status === "processing"}
      />
      <Text size="sm" c="dimmed" mt={4}>
        {facts.join(" · ")}
      </Text>
    </div>
  );
}
