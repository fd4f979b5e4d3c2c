package org.kemari.shell.internal.commands;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.kemari.api.protection.DomainStatus;
import org.kemari.shell.internal.Kemari;

/** Names of domains. */
@Service
public final class DomainCompleter implements Completer {
    @Reference
    Kemari kemari;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        List<String> names = kemari.findProtection()
                .map(p -> p.domains().stream().map(DomainStatus::name).toList())
                .orElse(List.of());
        return new StringsCompleter(names, true).complete(session, line, candidates);
    }
}
