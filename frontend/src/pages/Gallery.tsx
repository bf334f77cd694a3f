import { Button, Group, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Frame, session, type Video } from "../api/client";
import { FRAMES_PAGE, framesQuery, frameUrl } from "../api/videos";
import { ProblemAlert } from "../components/ProblemAlert";
import { formatClock } from "../format/figures";
import classes from "./Gallery.module.css";

const THUMBNAIL_WIDTH = 320;
const TIME_DIGITS = 3;

/** The frames of a video, page by page; while it is being worked on, those that are made. */
export function Gallery({ video }: { video: Video }) {
  const { t } = useTranslation();
  const title = useRef<HTMLHeadingElement>(null);
  /** The cursors of the pages up to the present one. */
  const [cursors, setCursors] = useState([""]);
  const page = useQuery({ ...framesQuery(video, cursors.at(-1) ?? ""), placeholderData: keepPreviousData });
  const turn = (to: string[]) => {
    setCursors(to);
    title.current?.scrollIntoView({ block: "start" });
  };
  const next = page.data?.next_cursor ?? null;
  const before = (cursors.length - 1) * FRAMES_PAGE;
  return (
    <section aria-labelledby="frames-title" aria-busy={page.isFetching}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3" id="frames-title" ref={title}>
          {t("video.frames.title")}
        </Title>
        {page.data && page.data.items.length > 0 && (
          <Text size="sm" c="dimmed" aria-live={video.status === "completed" ? "polite" : "off"}>
            {t("video.frames.range", {
              from: before + 1,
              to: before + page.data.items.length,
              total: Math.max(video.frames_ready, before + page.data.items.length),
            })}
          </Text>
        )}
      </Group>
      {page.error && <ProblemAlert error={page.error} onRetry={() => void page.refetch()} />}
      {page.isPending && <p role="status">{t("app.loading")}</p>}
      {page.data?.items.length === 0 && <Text c="dimmed">{t("video.frames.soon")}</Text>}
      <ul className={classes.frames}>
        {page.data?.items.map((frame) => (
          <FrameTile key={frame.index} video={video} frame={frame} />
        ))}
      </ul>
      {(cursors.length > 1 || next) && (
        <Group component="nav" aria-label={t("video.frames.pages")} justify="center" mt="md">
          <Button variant="default" disabled={cursors.length === 1} onClick={() => turn(cursors.slice(0, -1))}>
            {t("video.frames.previous")}
          </Button>
          <Button variant="default" disabled={!next} onClick={() => next && turn([...cursors, next])}>
            {t("video.frames.next")}
          </Button>
        </Group>
      )}
    </section>
  );
}

type Loading = "first" | "again" | "broken";

function FrameTile({ video, frame }: { video: Video; frame: Frame }) {
  const { t } = useTranslation();
  const [loading, setLoading] = useState<Loading>("first");
  const time = formatClock(frame.time_s, TIME_DIGITS);
  const onError = async () => {
    // The cookie that opens pictures may have lapsed while the computer slept.
    const token = loading === "first" ? await session.freshToken().catch(() => null) : null;
    setLoading(token === null ? "broken" : "again");
  };
  return (
    <li className={classes.frame}>
      <a
        href={frameUrl(video, frame)}
        target="_blank"
        rel="noreferrer"
        aria-label={t("video.frames.open", { index: frame.index, time })}
      >
        {loading === "broken" ? (
          <span className={classes.broken}>{t("video.frames.broken")}</span>
        ) : (
          <img
            key={loading}
            src={frameUrl(video, frame, THUMBNAIL_WIDTH)}
            alt={t("video.frames.alt", { index: frame.index, time })}
            width={frame.width}
            height={frame.height}
            loading="lazy"
            onError={() => void onError()}
          />
        )}
      </a>
      <Text size="sm" className={classes.caption}>
        <span>{frame.index}</span>
        <span>{time}</span>
      </Text>
    </li>
  );
}
