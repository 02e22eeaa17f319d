// Decides how something is made exactly once over calls whose answers may be lost.
// Leaves how it is made and how it is found again to the caller.
import type { Clock } from './clock.ts'
import { CallFailure } from './failure.ts'

const attempts = 8
const pauseMilliseconds = 500

/**
 * Makes it; when the answer was lost or says that it is there already (409), looks for it, and makes it again only when
 * it is not found. `find` must see everything that `make` may have made.
 */
export async function once<T>(
  clock: Clock,
  make: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make()
    } catch (error) {
      if (!(error instanceof CallFailure) || !(error.unsure || error.status === 409)) throw error
      const found = await find()
      if (found !== undefined) return found
      if (!error.unsure || attempt === attempts) throw error
      await clock.wait(pauseMilliseconds * attempt)
    }
  }
}
