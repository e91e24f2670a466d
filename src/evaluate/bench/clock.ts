/** Seconds since the call, by the wall and of this process on any core. */
export function clock(): () => { readonly wall: number; readonly cpu: number } {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wall: (performance.now() - from) / 1000, cpu: (user + system) / 1e6 };
  };
}
