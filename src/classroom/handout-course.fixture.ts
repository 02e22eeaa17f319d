// Decides what tests say of a course in its hand-outs where that does not matter.
// Leaves the pages to page/sheet.fixture.
import type { HandoutCourse } from './handout-course.ts'

export const plainAbout: HandoutCourse = {
  title: 'Introduction aux réseaux',
  timezone: 'Europe/Paris',
  languages: ['fr', 'en'],
  contact: null,
  sessions: [],
  jump: null,
  zone: null,
  clouds: 1,
}
