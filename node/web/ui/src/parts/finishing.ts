/** On a form: Ctrl+Enter finishes what is written in it. */
export function finishing(form: HTMLFormElement) {
  const press = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) form.requestSubmit()
  }
  form.addEventListener('keydown', press)
  return () => form.removeEventListener('keydown', press)
}

/** On a form: Escape leaves it. */
export function leaving(leave: () => void) {
  return (form: HTMLFormElement) => {
    const press = (e: KeyboardEvent) => {
      if (e.key === 'Escape') leave()
    }
    form.addEventListener('keydown', press)
    return () => form.removeEventListener('keydown', press)
  }
}
