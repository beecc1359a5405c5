import { useTranslation } from 'react-i18next';

import { usePreferences } from '@/shared/hooks/usePreferences';
import { PageHeading } from '@/shared/ui/PageHeading';

import { CannotSend } from '../components/CannotSend';
import { PickSection } from '../components/PickSection';
import { QueueSection } from '../components/QueueSection';
import { useOutbox } from '../outbox/current';
import { canSend } from '../outbox/platform';
import type { ReadyStudy } from '../study/ready';

/** Pick studies, say about them what is to be known, and see how far they have come. */
export default function SendPage() {
  const { t } = useTranslation('queue');
  const { serviceLevel } = usePreferences();
  const outbox = useOutbox();

  const send = async (ready: ReadyStudy[]) => {
    if (!outbox) throw new Error('the outbox is not open yet');
    for (const study of ready) await outbox.add(study);
  };

  return (
    <div className="flex flex-col gap-6">
      <PageHeading title={t('page')} />
      {canSend() ? (
        <>
          <PickSection defaultServiceLevel={serviceLevel} onSend={send} />
          <QueueSection />
        </>
      ) : (
        <CannotSend />
      )}
    </div>
  );
}
