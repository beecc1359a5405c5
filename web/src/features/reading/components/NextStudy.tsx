import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { Button, buttonLook } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { fetchNext } from '../api';

/** On to what is to be read next: straight to it, or to the list. */
export function NextStudy() {
  const { t } = useTranslation('reading');
  const navigate = useNavigate();
  const { busy, error, run } = useAttempt();
  const [isNone, setNone] = useState(false);
  const goOn = () =>
    run(async () => {
      const next = await fetchNext();
      if (next) void navigate(`/reports/${next}`);
      else setNone(true);
    });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-3">
        <Button look="primary" busy={busy} onClick={() => void goOn()}>
          {t('next.open')}
          <ArrowRight aria-hidden className="size-4 rtl:rotate-180" />
        </Button>
        <Link to="/worklist" className={buttonLook('secondary')}>
          {t('next.list')}
        </Link>
      </div>
      <p role="status" className="text-sm text-muted">
        {isNone && t('next.none')}
      </p>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}
