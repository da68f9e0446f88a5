import { App } from 'cdk8s';
import { ServingCrds } from './crds/serving-crds';
import type { Environment } from './environments/environment';
import { imageReference } from './images';
import { Component } from './kubernetes/component';
import { Namespaces } from './namespaces/namespaces';
import { RegistryService } from './registry/registry-service';
import { RegistrySync, registrySyncNames } from './registry-sync/registry-sync';

/** Every component of an environment, one chart each. */
export class Platform extends App {
  readonly components: readonly Component[];

  constructor({ namespaces, images, registry, registrySync }: Environment) {
    // What is rendered is asked for and never written by cdk8s itself; metadata of constructs would say where they were built.
    super({ outdir: 'build/cdk8s', recordConstructMetadata: false });
    const components: Component[] = [];
    const component = (directory: string, labels = { name: directory, instance: directory, component: directory }) => {
      const chart = new Component(this, directory, { directory, labels });
      components.push(chart);
      return chart;
    };
    if (namespaces.length > 0) new Namespaces(component('namespaces'), 'Namespaces', { namespaces });
    new ServingCrds(component('crds'), 'Serving');
    if (registry !== undefined) new RegistryService(component('registry'), 'Registry', registry);
    const { application: name, instance } = registrySyncNames(registrySync);
    new RegistrySync(component('registry-sync', { name, instance, component: 'controller' }), 'RegistrySync', {
      options: registrySync,
      image: imageReference(images.slipway),
    });
    this.components = components;
  }
}
