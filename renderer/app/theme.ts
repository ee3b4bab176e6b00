import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = ["#e3f2f0", "#c3e5e1", "#9dd6d0", "#72c6bd", "#4dbaae", "#2bb3a3", "#1c9c8d", "#0a7a6d", "#086b60", "#05524a"];
/** What the component library takes for inputs, disabled buttons, keys and borders in the dark, in the tones of our own grounds. */
const greys: MantineColorsTuple = ["#e6eaec", "#c3cacf", "#8b969d", "#7d8890", "#2f373c", "#283035", "#1a1f23", "#0f1214", "#0c0f11", "#090b0c"];

/** Four sizes of type, a rhythm of eight pixels, one accent. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: 7,
  autoContrast: true,
  colors: { accent, dark: greys },
  fontFamily: "'Inter Variable', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', monospace",
  fontSizes: { xs: "11.5px", sm: "13px", md: "13px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "1.4", sm: "1.5", md: "1.5", lg: "1.4", xl: "1.3" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px", lineHeight: "1.3" }, h2: { fontSize: "16px", lineHeight: "1.4" } } },
  defaultRadius: "sm",
  radius: { sm: "5px", md: "7px" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: { Modal: { styles: { title: { fontSize: "16px", fontWeight: 600 } } } },
});

/** Colours by what they mean. Checked against WCAG AA on every ground on which they stand. */
const dark = {
  "--ground": "#0f1214",
  "--pane": "#14181b",
  "--line": "#23292d",
  "--selection": "#1b2a2b",
  "--text": "#e6eaec",
  "--dim": "#8b969d",
  "--accent": "#2bb3a3",
  "--ok": "#57b98a",
  "--warn": "#d9a441",
  "--bad": "#e0705f",
  "--added-ground": "#12302a",
  "--added": "#7fd6b5",
  "--removed-ground": "#35201e",
  "--removed": "#eea79b",
};
const light: typeof dark = {
  "--ground": "#f6f7f8",
  "--pane": "#ffffff",
  "--line": "#e2e6e8",
  "--selection": "#e3f2f0",
  "--text": "#1b2226",
  "--dim": "#5d6971",
  "--accent": "#0a7a6d",
  "--ok": "#1a7349",
  "--warn": "#8a5e08",
  "--bad": "#b93f2d",
  "--added-ground": "#e2f5ec",
  "--added": "#12603f",
  "--removed-ground": "#fbe7e4",
  "--removed": "#8e2d1f",
};

const mantine = {
  "--mantine-color-body": "var(--ground)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--dim)",
  "--mantine-color-placeholder": "var(--dim)",
  "--mantine-color-default": "var(--pane)",
  "--mantine-color-default-border": "var(--line)",
  "--mantine-color-error": "var(--bad)",
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, dark: { ...dark, ...mantine }, light: { ...light, ...mantine } });
