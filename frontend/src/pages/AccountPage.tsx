import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { meQuery } from "../api/account";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { OwnData } from "./OwnData";
import { ProfileForm } from "./ProfileForm";
import { SessionList } from "./SessionList";
import { VerificationNotice } from "./VerificationNotice";

export function AccountPage() {
  const { t } = useTranslation();
  const me = useQuery(meQuery);
  usePageTitle(t("profile.title"));
  return (
    <Stack gap="lg">
      <Title order={1}>{t("profile.title")}</Title>
      <VerificationNotice />
      {me.isPending && <p role="status">{t("app.loading")}</p>}
      {me.error && <ProblemAlert error={me.error} onRetry={() => void me.refetch()} />}
      {me.data && <ProfileForm user={me.data} />}
      <SessionList />
      <OwnData />
    </Stack>
  );
}
