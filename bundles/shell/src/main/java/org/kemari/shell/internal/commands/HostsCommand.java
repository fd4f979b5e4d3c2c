package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;
import org.kemari.shell.internal.view.HostView;

/** Lists hosts. */
@Service
@Command(
        scope = "kemari",
        name = "hosts",
        description = "Lists this host and its peers, as this host sees them.",
        detailedDescription =
                """
Round trips are those of heartbeats, median and 99th percentile.

Examples:
  kemari:hosts
  kemari:hosts --paths          every way to each peer
  kemari:hosts --no-format      cells separated by tabs, for scripts
""")
public final class HostsCommand extends TableAction {
    @Option(name = "-p", aliases = "--paths", description = "List every way to each peer")
    boolean paths;

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        KemariConfiguration configuration = kemari.configuration();
        if (paths) {
            print(HostView.paths(kemari.health().peers(), nowMillis()), out);
            return;
        }
        List<PeerHealth> peers = kemari.findHealth().map(HealthMonitor::peers).orElse(List.of());
        boolean evacuating =
                kemari.findProtection().map(ProtectionService::isEvacuating).orElse(false);
        print(HostView.grid(configuration.host(), peers, evacuating, nowMillis()), out);
    }
}
