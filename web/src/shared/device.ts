export interface Device {
  /** A browser's name, or that of a program; empty when it is not known. */
  program: string;
  /** The operating system's name; empty when it is not known. */
  system: string;
}

/** The first that fits counts: most browsers also claim to be the ones below them. */
const programs: [RegExp, string][] = [
  [/^relaypacs-upload/, 'relaypacs upload'],
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/.* Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const systems: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Say in plain words what a `User-Agent` (RFC 9110, 10.1.5) claims to be. */
export function deviceOf(userAgent: string): Device {
  const named = (names: [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
  return { program: named(programs), system: named(systems) };
}
