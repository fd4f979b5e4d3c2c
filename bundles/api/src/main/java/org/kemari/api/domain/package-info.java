/** What a virtual machine is: its definition, as an operator writes it, and where its files live on a host. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.domain;
