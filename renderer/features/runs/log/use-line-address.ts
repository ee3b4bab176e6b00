import { useNavigate, useSearch } from "@tanstack/react-router";

/** The number of the line that the address names, and what puts another into it. Going back leaves the run, and not one line after the other. */
export function useLineAddress(runId: string): readonly [number | undefined, (line: number) => void] {
  const { line } = useSearch({ from: "/runs/{-$id}" });
  const navigate = useNavigate();
  return [line, (chosen) => void navigate({ to: "/runs/{-$id}", params: { id: runId }, search: { line: chosen }, replace: true })];
}
