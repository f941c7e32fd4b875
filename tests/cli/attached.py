#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes an image layout with bills of materials beside the image: a referrer with CycloneDX
(OCI image-spec v1.1, subject and artifactType) and BuildKit's attestation with SPDX in an in-toto
statement. usage: attached.py DIRECTORY
"""
import hashlib
import io
import json
import os
import sys
import tarfile

out=sys.argv[1]; os.makedirs(out+'/blobs/sha256',exist_ok=True)
def blob(b,**kw):
    if not isinstance(b,bytes): b=json.dumps(b).encode()
    h=hashlib.sha256(b).hexdigest(); open(f'{out}/blobs/sha256/{h}','wb').write(b)
    return dict(digest='sha256:'+h,size=len(b),**kw)
f=io.BytesIO(); t=tarfile.open(fileobj=f,mode='w')
def add(p,text):
    i=tarfile.TarInfo(p); i.size=len(text); t.addfile(i,io.BytesIO(text.encode()))
add('etc/os-release','ID=alpine\nVERSION_ID=3.19.4\n')
add('lib/apk/db/installed','P:musl\nV:1.2.4-r2\nA:x86_64\n\n'); t.close()
tar=f.getvalue(); layer=blob(tar,mediaType='application/vnd.oci.image.layer.v1.tar')
config=blob({'architecture':'amd64','os':'linux','rootfs':{'type':'layers','diff_ids':[layer['digest']]}},mediaType='application/vnd.oci.image.config.v1+json')
man=blob({'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','config':config,'layers':[layer]},mediaType='application/vnd.oci.image.manifest.v1+json')
empty=blob({},mediaType='application/vnd.oci.empty.v1+json')
cdx={'bomFormat':'CycloneDX','specVersion':'1.5','components':[
 {'type':'library','name':'lodash','version':'4.17.20','purl':'pkg:npm/lodash@4.17.20'},
 {'type':'library','name':'musl','version':'9','purl':'pkg:apk/alpine/musl@9'}]}
ref=blob({'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','artifactType':'application/vnd.cyclonedx+json','config':empty,'layers':[blob(cdx,mediaType='application/vnd.cyclonedx+json')],'subject':man},mediaType='application/vnd.oci.image.manifest.v1+json',artifactType='application/vnd.cyclonedx+json')
spdx={'spdxVersion':'SPDX-2.3','SPDXID':'SPDXRef-DOCUMENT','packages':[{'SPDXID':'SPDXRef-a','name':'log4j-core','versionInfo':'2.14.1','externalRefs':[{'referenceType':'purl','referenceLocator':'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1'}]}]}
st=blob({'_type':'https://in-toto.io/Statement/v0.1','predicateType':'https://spdx.dev/Document','subject':[],'predicate':spdx},mediaType='application/vnd.in-toto+json',annotations={'in-toto.io/predicate-type':'https://spdx.dev/Document'})
att=blob({'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','config':blob({'architecture':'unknown','os':'unknown'},mediaType='application/vnd.oci.image.config.v1+json'),'layers':[st]},mediaType='application/vnd.oci.image.manifest.v1+json',platform={'architecture':'unknown','os':'unknown'},annotations={'vnd.docker.reference.type':'attestation-manifest','vnd.docker.reference.digest':man['digest']})
json.dump({'schemaVersion':2,'manifests':[man,ref,att]},open(out+'/index.json','w'))
open(out+'/oci-layout','w').write('{"imageLayoutVersion":"1.0.0"}')
