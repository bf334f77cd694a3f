import { PasswordInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  /** A password to be made up, not one to be remembered. */
  isNew: boolean;
  error: ReactNode;
}

export function PasswordField({ isNew, error }: Props) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      name="password"
      label={t("account.password")}
      description={isNew ? t("account.passwordHint") : undefined}
      error={error}
      autoComplete={isNew ? "new-password" : "current-password"}
      visibilityToggleButtonProps={{ "aria-label": t("account.showPassword"), tabIndex: 0 }}
      required
    />
  );
}
