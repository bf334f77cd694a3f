import { useTranslation } from "react-i18next";
import { signUp } from "../api/account";
import { AccountForm } from "./AccountForm";

export function SignUpPage() {
  const { i18n } = useTranslation();
  return <AccountForm kind="signUp" enter={(values) => signUp({ ...values, locale: i18n.language })} />;
}
