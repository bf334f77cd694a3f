import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { askForVerification, meQuery } from "../api/account";
import { ProblemAlert } from "../components/ProblemAlert";

/** Reminds of the mail with the link, as long as the address is not confirmed. */
export function VerificationNotice() {
  const { t } = useTranslation();
  const me = useQuery(meQuery);
  const asking = useMutation({ mutationFn: askForVerification });
  if (!me.data || me.data.email_verified) return null;
  const { email } = me.data;
  return (
    <Alert color="blue" variant="light" title={t("verification.notice.title")} role="region">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t("verification.notice.text", { email })}</Text>
        {asking.error && <ProblemAlert error={asking.error} />}
        <div role="status">{asking.isSuccess && <Text size="sm">{t("verification.notice.sent", { email })}</Text>}</div>
        {!asking.isSuccess && (
          <Button size="xs" variant="default" onClick={() => asking.mutate()} loading={asking.isPending}>
            {t("verification.notice.again")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
