/** The hypervisor SPI: launch, adopt, pause, resume, save and load a virtual machine. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.hypervisor;
