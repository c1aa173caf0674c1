/** Products as Microsoft sells them, by part number: those that mailboxes commonly have ("Product names and service plan identifiers"). */
const titles: Readonly<Record<string, string>> = {
  AAD_PREMIUM: 'Entra ID P1',
  AAD_PREMIUM_P2: 'Entra ID P2',
  DESKLESSPACK: 'Office 365 F3',
  DEVELOPERPACK_E5: 'Microsoft 365 E5 Developer',
  EMS: 'Enterprise Mobility + Security E3',
  EMSPREMIUM: 'Enterprise Mobility + Security E5',
  ENTERPRISEPACK: 'Office 365 E3',
  ENTERPRISEPREMIUM: 'Office 365 E5',
  EXCHANGEARCHIVE_ADDON: 'Exchange Online Archiving',
  EXCHANGEDESKLESS: 'Exchange Online Kiosk',
  EXCHANGEENTERPRISE: 'Exchange Online (Plan 2)',
  EXCHANGEESSENTIALS: 'Exchange Online Essentials',
  EXCHANGESTANDARD: 'Exchange Online (Plan 1)',
  EXCHANGE_S_ESSENTIALS: 'Exchange Online Essentials',
  FLOW_FREE: 'Power Automate Free',
  M365EDU_A3_FACULTY: 'Microsoft 365 A3 for faculty',
  M365EDU_A3_STUDENT: 'Microsoft 365 A3 for students',
  M365EDU_A5_FACULTY: 'Microsoft 365 A5 for faculty',
  M365EDU_A5_STUDENT: 'Microsoft 365 A5 for students',
  M365_F1: 'Microsoft 365 F1',
  O365_BUSINESS: 'Microsoft 365 Apps for business',
  O365_BUSINESS_ESSENTIALS: 'Microsoft 365 Business Basic',
  O365_BUSINESS_PREMIUM: 'Microsoft 365 Business Standard',
  OFFICESUBSCRIPTION: 'Microsoft 365 Apps for enterprise',
  POWER_BI_STANDARD: 'Fabric (Free)',
  SMB_BUSINESS_ESSENTIALS: 'Microsoft 365 Business Basic',
  SMB_BUSINESS_PREMIUM: 'Microsoft 365 Business Standard',
  SPB: 'Microsoft 365 Business Premium',
  SPE_E3: 'Microsoft 365 E3',
  SPE_E5: 'Microsoft 365 E5',
  SPE_F1: 'Microsoft 365 F3',
  STANDARDPACK: 'Office 365 E1',
  STANDARDWOFFPACK_FACULTY: 'Office 365 A1 for faculty',
  STANDARDWOFFPACK_STUDENT: 'Office 365 A1 for students',
}

/** A product's name in words, its part number where no name is known. */
export function skuTitle(partNumber: string): string {
  return Object.hasOwn(titles, partNumber) ? (titles[partNumber] as string) : partNumber
}
