import { z } from 'zod';
import { labIdSchema } from '../../protocol/ids.ts';

export const labParams = z.strictObject({ id: labIdSchema });
