import { IconAlertTriangleFilled } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Verification } from "../../../core/contract/audit.ts";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./audit.module.css";

/** What does not fit, each with what to do about it. */
export function Problems({ problems }: { readonly problems: Verification["problems"] }): ReactElement {
  return (
    <ul className={style["problems"]}>
      {problems.map((problem, index) => (
        <li key={index}>
          <IconAlertTriangleFilled size={14} aria-hidden />
          <div>
            <strong>
              <Foreign>{problem.message}</Foreign>
            </strong>
            <p>
              <Foreign>{problem.remedy}</Foreign>
            </p>
            <p className={style["mono"]}>
              <Foreign>{`${problem.type} · ${problem.subject}`}</Foreign>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
