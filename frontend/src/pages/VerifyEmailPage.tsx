import { Stack, Text, Title } from "@mantine/core";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { verificationQuery } from "../api/account";
import { isLinkSpent } from "../api/linkToken";
import { useSessionState } from "../api/useSessionState";
import { ButtonLink } from "../components/links";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./AccountForm.module.css";
import { useLinkToken } from "./useLinkToken";

/** Confirms an e-mail address by the link of a mail, at once. */
export function VerifyEmailPage() {
  const { t } = useTranslation();
  usePageTitle(t("verification.title"));
  return (
    <Stack className={classes.form}>
      <Title order={1}>{t("verification.title")}</Title>
      <Verification />
    </Stack>
  );
}

function Verification() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const asked = verificationQuery(token ?? "");
  const verifying = useQuery(token === null ? { ...asked, queryFn: skipToken } : asked);
  const isSpent = token === null || isLinkSpent(verifying.error);
  if (verifying.error && !isSpent) {
    return <ProblemAlert error={verifying.error} onRetry={() => void verifying.refetch()} />;
  }
  if (!isSpent && verifying.isPending) return <p role="status">{t("verification.underWay")}</p>;
  return (
    <>
      <Text role={isSpent ? "alert" : "status"}>{t(isSpent ? "verification.spent" : "verification.done")}</Text>
      <Onward isSpent={isSpent} />
    </>
  );
}

function Onward({ isSpent }: { isSpent: boolean }) {
  const { t } = useTranslation();
  if (useSessionState() !== "signed-in") return <ButtonLink to="/login">{t("account.logIn.submit")}</ButtonLink>;
  return isSpent ? (
    <ButtonLink to="/account">{t("profile.title")}</ButtonLink>
  ) : (
    <ButtonLink to="/videos">{t("library.title")}</ButtonLink>
  );
}
