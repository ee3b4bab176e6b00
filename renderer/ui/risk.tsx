import { IconAlertTriangleFilled, IconCircleFilled, IconSquareRotatedFilled } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/language.tsx";

const looks = {
  low: { icon: IconCircleFilled, colour: "var(--dim)" },
  medium: { icon: IconSquareRotatedFilled, colour: "var(--warn)" },
  high: { icon: IconAlertTriangleFilled, colour: "var(--bad)" },
} as const;

/** A risk: a colour, a shape and a word. */
export function Risk({ risk }: { readonly risk: keyof typeof looks }): ReactElement {
  const { say } = useSpeech();
  const { icon: Icon, colour } = looks[risk];
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 5, color: colour, whiteSpace: "nowrap" }}>
      <Icon size={9} aria-hidden /> {say(`risk.${risk}`)}
    </span>
  );
}
