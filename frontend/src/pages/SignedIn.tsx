import { Text } from "@mantine/core";
import { Outlet, useMatch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { formatPercent } from "../format/figures";
import { live } from "../platform";
import { isUnderWay } from "../uploads/queue";
import { useUploads } from "../uploads/useUploads";

/** What all pages of a signed-in user share: the stream of changes, and uploads that go on from page to page. */
export function SignedIn() {
  useEffect(() => {
    // Only the tab in front holds a stream: browsers open few connections to one server.
    const follow = () => (document.hidden ? live.stop() : live.start());
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      live.stop();
    };
  }, []);
  const inLibrary = useMatch({ from: "/signed-in/videos", shouldThrow: false }) !== undefined;
  return (
    <>
      {!inLibrary && <UnderWay />}
      <Outlet />
    </>
  );
}

function UnderWay() {
  const { t, i18n } = useTranslation();
  const running = useUploads().filter(isUnderWay);
  if (running.length === 0) return null;
  const sent = running.reduce((sum, upload) => sum + upload.sentBytes, 0);
  const total = running.reduce((sum, upload) => sum + upload.sizeBytes, 0);
  const percent = formatPercent(total > 0 ? Math.min(0.99, sent / total) : 0, i18n.language);
  return (
    <Text size="sm" mb="md">
      {t("uploads.underWay", { count: running.length, percent })} {t("uploads.stay")}
    </Text>
  );
}
