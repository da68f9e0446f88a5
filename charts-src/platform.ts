import { App } from 'cdk8s';
import { serviceAddressAnnotations } from '../definitions/names/model-registry';
import { Catalog } from './catalog/catalog';
import { catalogPort, serverLabels as catalogLabels } from './catalog/names';
import { InferenceCrds } from './crds/inference-crds';
import { ServingCrds } from './crds/serving-crds';
import type { Environment } from './environments/environment';
import { ArgoApplications } from './gitops/argo-applications';
import { ArgoHealthChecks } from './gitops/argo-health-checks';
import { ArgoProjects } from './gitops/argo-projects';
import { ArgoRoot } from './gitops/argo-root';
import { Flux } from './gitops/flux';
import { gitopsDirectories } from './gitops/names';
import { componentContent } from './gitops/component-content';
import { type Image, imageReference, type Images } from './images';
import { InferenceRuns } from './inference-runs/inference-runs';
import { application as inferenceRunsApplication } from './inference-runs/names';
import { Component } from './kubernetes/component';
import type { ComponentLabels } from './kubernetes/labels';
import { Namespaces } from './namespaces/namespaces';
import { RegistryMesh } from './registry/mesh';
import { refuseSharedSelectors, registryDirectory, registryNames } from './registry/names';
import { Registry } from './registry/registry';
import { ExternalRegistryService } from './registry/external-registry-service';
import type { RegistryClient } from './registry/server';
import { RegistrySync, registrySyncNames } from './registry-sync/registry-sync';
import { Serving } from './serving/serving';
import { managerName } from './serving/names';
import { ServingRuntimes } from './serving-runtimes/serving-runtimes';
import { uiSelector } from './registry-ui/names';
import { RegistryUi } from './registry-ui/registry-ui';
import {
  DefaultStorageContainer,
  ModelRegistryStorageContainer,
} from './storage-initializer/cluster-storage-container';

/** Every component of an environment, one chart each. */
export class Platform extends App {
  /** In the order in which they are rendered. */
  readonly components: Component[] = [];
  private readonly images: Readonly<Record<keyof Images, string>>;

  constructor(private readonly environment: Environment) {
    // What is rendered is asked for and never written by cdk8s itself; metadata of constructs would say where they were built.
    super({ outdir: 'build/cdk8s', recordConstructMetadata: false });
    this.images = references(environment.images);
    const { namespaces, priorityClass, crds, externalRegistry } = environment;
    if (namespaces.length > 0 || priorityClass !== undefined) {
      new Namespaces(this.component('namespaces'), 'Namespaces', {
        namespaces,
        ...(priorityClass === undefined ? {} : { priorityClass }),
      });
    }
    if (crds) {
      const chart = this.component('crds');
      new ServingCrds(chart, 'Serving');
      new InferenceCrds(chart, 'Inference');
    }
    if (externalRegistry !== undefined) {
      new ExternalRegistryService(this.component('registry'), 'Registry', externalRegistry);
    }
    this.addRegistries();
    this.addCatalog();
    this.addRegistryUi();
    this.addStorageInitializer();
    this.addServing();
    this.addRegistrySync();
    this.addInferenceRuns();
    this.addGitops();
  }

  private component(directory: string, labels: Partial<ComponentLabels> = {}): Component {
    const all = { name: directory, instance: directory, component: directory, ...labels };
    const chart = new Component(this, directory, { directory, labels: all });
    this.components.push(chart);
    return chart;
  }

  private addRegistries(): void {
    const { registries, registrySync } = this.environment;
    refuseSharedSelectors(registries);
    const addressAnnotation = registrySync?.settings.keys.serviceAnnotations[0] ?? serviceAddressAnnotations[0];
    for (const options of registries) {
      const directory = registryDirectory(options);
      const labels = { name: 'model-registry', instance: registryNames(options).service, component: 'server' };
      const { registryServer: server, mysql, postgres, slipway } = this.images;
      new Registry(this.component(directory, labels), 'Registry', {
        options,
        images: { server, mysql, postgres, slipway },
        addressAnnotation,
        clients: this.registryClients(),
      });
      const { mesh } = options;
      if (mesh === undefined) continue;
      const principal = this.controllerPrincipal();
      new RegistryMesh(this.component(`${directory}-istio`, { ...labels, component: 'mesh' }), 'Mesh', {
        options,
        mesh,
        ...(principal === undefined ? {} : { controllerPrincipal: principal }),
      });
    }
  }

  private addCatalog(): void {
    const { catalog: options } = this.environment;
    if (options === undefined) return;
    const {
      registryServer: server,
      catalogPostgres: postgres,
      busybox: unpack,
      catalogData: data,
      slipway,
    } = this.images;
    new Catalog(this.component('catalog', { name: 'model-catalog', component: 'server' }), 'Catalog', {
      options,
      images: { server, postgres, unpack, data, slipway },
      clients: this.uiClients(),
    });
  }

  private addRegistryUi(): void {
    const { registryUi: options, catalog } = this.environment;
    if (options === undefined) return;
    new RegistryUi(this.component('registry-ui', { name: 'model-registry-ui', component: 'ui' }), 'RegistryUi', {
      options,
      images: { ui: this.images.registryUi, proxy: this.images.authProxy },
      ...(catalog === undefined
        ? {}
        : { catalog: { namespace: catalog.namespace, labels: catalogLabels, port: catalogPort } }),
    });
  }

  private addStorageInitializer(): void {
    const { storageInitializer: options } = this.environment;
    if (options === undefined) return;
    const chart = this.component('storage-initializer');
    const image = this.images.slipway;
    new ModelRegistryStorageContainer(chart, 'StorageContainer', { options, image });
    if (options.storage === undefined) return;
    new DefaultStorageContainer(chart, 'DefaultStorageContainer', { storage: options.storage, image });
  }

  private addServing(): void {
    const { serving: options, servingRuntimes, images } = this.environment;
    if (options !== undefined) {
      const labels = { name: managerName, instance: managerName, component: 'controller' };
      new Serving(this.component('serving', labels), 'Serving', { options, images });
    }
    if (servingRuntimes === undefined) return;
    new ServingRuntimes(this.component('serving-runtimes', { component: 'model-server' }), 'Runtimes', {
      options: servingRuntimes,
      images: this.images,
    });
  }

  private addRegistrySync(): void {
    const { registrySync: options } = this.environment;
    if (options === undefined) return;
    const { application: name, instance } = registrySyncNames(options);
    new RegistrySync(this.component('registry-sync', { name, instance, component: 'controller' }), 'RegistrySync', {
      options,
      image: this.images.slipway,
    });
  }

  private addInferenceRuns(): void {
    const { inferenceRuns: options } = this.environment;
    if (options === undefined) return;
    const labels = { name: inferenceRunsApplication, instance: options.name, component: 'controller' };
    const image = this.images.slipway;
    new InferenceRuns(this.component('inference-runs', labels), 'InferenceRuns', { options, image });
  }

  /** Comes last: it is about all the others. */
  private addGitops(): void {
    const { name: environment, gitops } = this.environment;
    if (gitops === undefined) return;
    const components = this.components.map(componentContent);
    const { argoCd, flux } = gitops;
    if (argoCd !== undefined) {
      const props = { environment, gitops, argoCd, components };
      const root = this.component(gitopsDirectories.argoCd);
      new ArgoProjects(root, 'Projects', props);
      new ArgoRoot(root, 'Root', props);
      new ArgoApplications(this.component(gitopsDirectories.argoCdApplications), 'Applications', props);
      const settings = { name: 'argocd-cm', instance: 'argocd', component: 'server' };
      new ArgoHealthChecks(this.component(gitopsDirectories.argoCdSettings, settings), 'HealthChecks', {
        namespace: argoCd.namespace,
        strict: gitops.strictHealth,
      });
    }
    if (flux !== undefined) {
      new Flux(this.component(gitopsDirectories.flux), 'Flux', { environment, gitops, flux, components });
    }
  }

  /** Pods of the environment that use the API of registries. */
  private registryClients(): readonly RegistryClient[] {
    const { registrySync } = this.environment;
    if (registrySync === undefined) return this.uiClients();
    const controller = { namespace: registrySync.namespace, labels: registrySyncNames(registrySync).selector };
    return [controller, ...this.uiClients()];
  }

  private uiClients(): readonly RegistryClient[] {
    const { registryUi } = this.environment;
    return registryUi === undefined ? [] : [{ namespace: registryUi.namespace, labels: uiSelector }];
  }

  private controllerPrincipal(): string | undefined {
    const { registrySync } = this.environment;
    if (registrySync === undefined) return undefined;
    return `cluster.local/ns/${registrySync.namespace}/sa/${registrySyncNames(registrySync).serviceAccount}`;
  }
}

function references(images: Images): Readonly<Record<keyof Images, string>> {
  const entries = Object.entries(images).map(([name, image]: [string, Image]) => [name, imageReference(image)]);
  return Object.fromEntries(entries) as Record<keyof Images, string>;
}
