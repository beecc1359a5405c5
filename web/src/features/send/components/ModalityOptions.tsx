import { useTranslation } from 'react-i18next';

import { COMMON_MODALITIES, MODALITIES } from '../study/modalities';

const COMMON = new Set<string>(COMMON_MODALITIES);
const OTHERS = [...MODALITIES].filter((code) => !COMMON.has(code));

/** The defined terms of Modality, the common ones first and with their names. */
export function ModalityOptions() {
  const { t } = useTranslation('pick');
  return (
    <>
      <optgroup label={t('form.commonModalities')}>
        {COMMON_MODALITIES.map((code) => (
          <option key={code} value={code}>
            {t('form.modalityOf', { code, name: t(`form.modalityName.${code}`) })}
          </option>
        ))}
        <option value="OTHER">{t('form.otherModality')}</option>
      </optgroup>
      <optgroup label={t('form.otherModalities')}>
        {OTHERS.map((code) => (
          <option key={code} value={code}>
            {code}
          </option>
        ))}
      </optgroup>
    </>
  );
}
