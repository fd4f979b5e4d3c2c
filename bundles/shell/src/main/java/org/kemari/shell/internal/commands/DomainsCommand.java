package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.view.DomainView;

/** Lists domains. */
@Service
@Command(
        scope = "kemari",
        name = "domains",
        description = "Lists the domains that are defined or present on this host.",
        detailedDescription =
                """
Examples:
  kemari:domains
  kemari:domains --state SOLO                  those that run and are not protected
  kemari:domains -s SYNCING -s RECEIVING
  kemari:domains --no-format | grep PRIMARY
""")
public final class DomainsCommand extends TableAction {
    @Option(name = "-s", aliases = "--state", description = "Only those in this state", multiValued = true)
    @Completion(StateCompleter.class)
    List<String> states;

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        List<DomainState> wanted = wanted();
        List<DomainStatus> domains = kemari.protection().domains().stream()
                .filter(d -> wanted.contains(d.state()))
                .toList();
        print(DomainView.grid(domains, nowMillis()), out);
    }

    private List<DomainState> wanted() throws OperationRefusedException {
        List<DomainState> all = List.of(DomainState.values());
        if (states == null || states.isEmpty()) {
            return all;
        }
        List<DomainState> wanted = all.stream()
                .filter(s -> states.stream().anyMatch(name -> name.equalsIgnoreCase(s.name())))
                .toList();
        for (String name : states) {
            if (wanted.stream().noneMatch(s -> name.toUpperCase(Locale.ROOT).equals(s.name()))) {
                throw new OperationRefusedException(
                        "there is no state " + name + "; states are " + Arrays.toString(DomainState.values()));
            }
        }
        return wanted;
    }
}
