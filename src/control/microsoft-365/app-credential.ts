export { type AppCredential, readAppCertificate } from '../../connectors/kit/microsoft/sign-in/app-credential.ts'
