import { VisuallyHidden } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { announced, onAnnouncement } from "./announcer";

export function Announcements() {
  const text = useSyncExternalStore(onAnnouncement, announced);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {text}
    </VisuallyHidden>
  );
}
