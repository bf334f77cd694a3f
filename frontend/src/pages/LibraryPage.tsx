import { Button, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTold } from "../api/useTold";
import { libraryQuery } from "../api/videos";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { UploadList } from "../uploads/UploadList";
import { UploadPanel } from "../uploads/UploadPanel";
import classes from "./LibraryPage.module.css";
import { VerificationNotice } from "./VerificationNotice";
import { VideoCard } from "./VideoCard";

export function LibraryPage() {
  const { t } = useTranslation();
  usePageTitle(t("library.title"));
  return (
    <Stack gap="lg">
      <Title order={1}>{t("library.title")}</Title>
      <VerificationNotice />
      <UploadPanel />
      <UploadList />
      <VideoList />
    </Stack>
  );
}

function VideoList() {
  const { t } = useTranslation();
  const library = useInfiniteQuery(libraryQuery(useTold()));
  if (library.isPending) return <p role="status">{t("app.loading")}</p>;
  if (!library.data) return <ProblemAlert error={library.error} onRetry={() => void library.refetch()} />;
  const videos = library.data.pages.flatMap((page) => page.items);
  return (
    <>
      {library.isError && <ProblemAlert error={library.error} onRetry={() => void library.refetch()} />}
      {videos.length === 0 ? (
        <div className={classes.empty}>
          <Title order={2} size="h3">
            {t("library.empty.title")}
          </Title>
          <Text>{t("library.empty.text")}</Text>
        </div>
      ) : (
        <ul className={classes.list}>
          {videos.map((video) => (
            <VideoCard key={video.id} video={video} />
          ))}
        </ul>
      )}
      {library.hasNextPage && (
        <Button variant="default" onClick={() => void library.fetchNextPage()} loading={library.isFetchingNextPage}>
          {t("library.more")}
        </Button>
      )}
    </>
  );
}
