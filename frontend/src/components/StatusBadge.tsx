import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { VideoStatus } from "../api/client";

const COLORS: Record<VideoStatus, string> = {
  uploading: "blue",
  queued: "gray",
  processing: "blue",
  completed: "green",
  failed: "red",
  cancelled: "gray",
};

export function StatusBadge({ status }: { status: VideoStatus }) {
  const { t } = useTranslation();
  return (
    <Badge color={COLORS[status]} variant="light" tt="none" size="lg" data-video-status={status}>
      {t(`status.${status}`)}
    </Badge>
  );
}
