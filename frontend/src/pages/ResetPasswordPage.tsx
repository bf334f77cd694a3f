import { Button, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { resetPassword } from "../api/account";
import { session } from "../api/client";
import { isLinkSpent } from "../api/linkToken";
import { ButtonLink } from "../components/links";
import { PasswordField } from "../components/PasswordField";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./AccountForm.module.css";
import { type FieldFault, fieldOf, newPasswordFault, textsOf } from "./accountFields";
import { useLinkToken } from "./useLinkToken";

/** Sets a new password by the link of a mail. */
export function ResetPasswordPage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const resetting = useMutation({
    mutationFn: (password: string) => resetPassword(token ?? "", password),
    // The sessions of the account have ended with the old password.
    onSuccess: () => session.forget(),
  });
  usePageTitle(t("recovery.reset.title"));
  return (
    <Stack className={classes.form}>
      <Title order={1}>{t("recovery.reset.title")}</Title>
      {resetting.isSuccess ? (
        <>
          <Text role="status">{t("recovery.reset.done")}</Text>
          <ButtonLink to="/login">{t("account.logIn.submit")}</ButtonLink>
        </>
      ) : token === null || isLinkSpent(resetting.error) ? (
        <>
          <Text role="alert">{t("recovery.reset.spent")}</Text>
          <ButtonLink to="/forgot-password">{t("recovery.reset.anew")}</ButtonLink>
        </>
      ) : (
        <PasswordForm isPending={resetting.isPending} error={resetting.error} onSubmit={resetting.mutate} />
      )}
    </Stack>
  );
}

interface FormProps {
  isPending: boolean;
  error: Error | null;
  onSubmit: (password: string) => void;
}

function PasswordForm({ isPending, error, onSubmit }: FormProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<FieldFault | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = textsOf(event.currentTarget)("password");
    const found = newPasswordFault(password);
    setFault(found);
    if (found === null) onSubmit(password);
    else fieldOf(event.currentTarget, "password")?.focus();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {error && <ProblemAlert error={error} />}
        <PasswordField isNew error={fault && t(`account.${fault}`)} />
        <Button type="submit" loading={isPending}>
          {t("recovery.reset.submit")}
        </Button>
      </Stack>
    </form>
  );
}
