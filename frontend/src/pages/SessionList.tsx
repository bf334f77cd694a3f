import { Badge, Button, Group, Paper, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type SessionInfo, sessionsQuery, useSessionEnd } from "../api/sessions";
import { ProblemAlert } from "../components/ProblemAlert";
import { readDevice } from "../format/devices";
import { formatMoment } from "../format/figures";
import classes from "./SessionList.module.css";

/** Where one is signed in, and ending that. */
export function SessionList() {
  const { t } = useTranslation();
  const sessions = useQuery(sessionsQuery);
  const ending = useSessionEnd();
  const items = sessions.data?.items ?? [];
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="sessions-title">
      <Title order={2} size="h3" id="sessions-title" mb="sm">
        {t("sessions.title")}
      </Title>
      {sessions.isPending && <p role="status">{t("app.loading")}</p>}
      {sessions.error && <ProblemAlert error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {ending.error && <ProblemAlert error={ending.error} />}
      <ul className={classes.list}>
        {items.map((one) => (
          <SessionRow key={one.id} session={one} onEnd={() => ending.mutate(one.id)} isPending={ending.isPending} />
        ))}
      </ul>
      {items.some((one) => !one.current) && (
        <Button variant="outline" color="red" onClick={() => ending.mutate(null)} loading={ending.isPending}>
          {t("sessions.endOthers")}
        </Button>
      )}
    </Paper>
  );
}

interface RowProps {
  session: SessionInfo;
  onEnd: () => void;
  isPending: boolean;
}

function SessionRow({ session, onEnd, isPending }: RowProps) {
  const { t, i18n } = useTranslation();
  const device = useDeviceText(session.user_agent);
  const used = t("sessions.used", { moment: formatMoment(session.last_used_at, i18n.language) });
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{device}</Text>
        {session.current ? (
          <Badge color="green" variant="light" tt="none" size="lg">
            {t("sessions.current")}
          </Badge>
        ) : (
          <Button
            size="xs"
            variant="default"
            onClick={onEnd}
            disabled={isPending}
            aria-label={t("sessions.endOne", { device })}
          >
            {t("sessions.end")}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {[session.client_address, used].filter(Boolean).join(" · ")}
      </Text>
    </li>
  );
}

function useDeviceText(userAgent: string): string {
  const { t } = useTranslation();
  const { program, system } = readDevice(userAgent);
  if (program !== null && system !== null) return t("sessions.device", { program, system });
  return program ?? system ?? t("sessions.unknown");
}
