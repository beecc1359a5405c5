import { Route } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useLoaded } from '@/shared/hooks/useLoaded';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import { fetchLatestUploads, type Candidate, type Site } from '../api';
import { exampleOf, FIRST, type Trial } from '../example';
import { useTryout, type Tryout } from '../hooks/useTryout';

import { ExampleFields } from './ExampleFields';
import { RouteResults } from './RouteResults';

interface Props {
  sites: readonly Site[];
  /** What is being edited, to be tried before it is saved. */
  candidate: Candidate | null;
}

/** Says of an example which destinations would get it, and what keeps it from the others. */
export function RouteTryout({ sites, candidate }: Props) {
  const { t } = useTranslation('destinations');
  const { value: uploads } = useLoaded(fetchLatestUploads);
  const [trial, setTrial] = useState<Trial>(FIRST);
  const siteId = trial.siteId || (sites[0]?.id ?? '');
  const isComplete = trial.uploadId !== '' || siteId !== ''; // as soon as the sites are here
  const tryout = useTryout(exampleOf({ ...trial, siteId }, candidate));
  return (
    <Section title={t('try.title')} intro={t(candidate ? 'try.introEdited' : 'try.intro')}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!tryout.busy && isComplete) void tryout.run();
        }}
      >
        <ExampleFields
          trial={{ ...trial, siteId }}
          sites={sites}
          uploads={uploads ?? []}
          onChange={(changes) => setTrial({ ...trial, ...changes })}
        />
        <Button type="submit" busy={tryout.busy || !isComplete} className="self-start">
          <Route aria-hidden className="size-4" />
          {t('try.run')}
        </Button>
      </form>
      {Boolean(tryout.error) && <ProblemAlert assertive error={tryout.error} />}
      <div role="status" className="flex flex-col gap-4">
        <Findings tryout={tryout} sites={sites} />
      </div>
    </Section>
  );
}

/** What was found; or that the example has changed since. */
function Findings({ tryout, sites }: { tryout: Tryout; sites: readonly Site[] }) {
  const { t } = useTranslation('destinations');
  if (tryout.isOld) return <p className="text-sm font-medium">{t('try.old')}</p>;
  return tryout.studies?.map((found, index) => (
    <RouteResults key={index} found={found} sites={sites} />
  ));
}
