import { useTranslation } from 'react-i18next';

import type { Concern, Part } from '../api';

interface Names {
  /** A job, by what it does; one that is newer than this app by its own name. */
  job: (name: string) => string;
  part: (part: Part) => string;
  certificate: (use: string, name: string) => string;
  /** What something that needs attention is about. */
  subject: (concern: Concern) => string;
}

/** What the things are called that the gateway names by a code. */
export function useNames(): Names {
  const { t, i18n } = useTranslation(['system', 'common']);
  const known = (key: string) => i18n.exists(`system:${key}`);
  const job = (name: string) => (known(`job.${name}`) ? t(`job.${name}` as 'job.wake_due') : name);
  const part = (name: Part) => t(`part.${name}`);
  const certificate = (use: string, name: string) => {
    const own = t(`certificate.${use as 'destination'}`);
    return name ? `${own}: ${name}` : own;
  };

  const subject = ({ code, name, detail, service_level: level }: Concern): string => {
    if (level) return t(`common:serviceLevel.${level}`);
    if (code.startsWith('job-')) return job(name);
    if (code.startsWith('certificate-')) return certificate(detail, name);
    if (code === 'part-silent') return part(name as Part);
    return code === 'messages-late' ? t(`channel.${name as 'email'}`) : name;
  };

  return { job, part, certificate, subject };
}
