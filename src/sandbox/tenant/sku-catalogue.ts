/** Graph's `servicePlanInfo`. */
export interface SkuServicePlan {
  readonly servicePlanId: string
  readonly servicePlanName: string
  readonly provisioningStatus: 'Success' | 'PendingProvisioning' | 'Disabled'
  readonly appliesTo: 'User' | 'Company'
}

/** Plans that give a mailbox (exchange.md 6.2); EXCHANGE_S_FOUNDATION alone gives none. */
export const mailboxPlanIds: ReadonlySet<string> = new Set([
  '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  'efb87545-963c-4e0d-99df-69c6916d9eb0',
  '4a82b400-a79f-41a4-b4e2-e94f5787b113',
  '1126bef5-da20-4f07-b45e-ad25d2581aa8',
  'fc52cc4b-ed7d-472d-bbe7-b081c23ecc56',
  '90927877-dcff-4af6-b346-2332c0b15bb7',
  'd42bdbd6-c335-4231-ab3d-c8f348d5aff5',
])

/** A product as a tenant buys it. */
export interface Sku {
  readonly skuId: string
  readonly skuPartNumber: string
  readonly servicePlans: readonly SkuServicePlan[]
}

const plan = (servicePlanId: string, servicePlanName: string): SkuServicePlan => ({
  servicePlanId,
  servicePlanName,
  provisioningStatus: 'Success',
  appliesTo: 'User',
})

const exchangePlan2 = plan('efb87545-963c-4e0d-99df-69c6916d9eb0', 'EXCHANGE_S_ENTERPRISE')
const exchangePlan1 = plan('9aaf7827-d63c-4b61-89c3-182f06f82e5c', 'EXCHANGE_S_STANDARD')
const exchangeKiosk = plan('4a82b400-a79f-41a4-b4e2-e94f5787b113', 'EXCHANGE_S_DESKLESS')
const exchangeFoundation = plan('113feb6c-3fe4-4440-bddc-54d774bf0318', 'EXCHANGE_S_FOUNDATION')

/** Products by their part number; the ids are Microsoft's product list, recalled except the Exchange plans. */
export const skuCatalogue: Readonly<
  Record<'SPE_E3' | 'O365_BUSINESS_PREMIUM' | 'EXCHANGESTANDARD' | 'DESKLESSPACK' | 'POWER_BI_STANDARD', Sku>
> = {
  SPE_E3: {
    skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965',
    skuPartNumber: 'SPE_E3',
    servicePlans: [exchangePlan2, plan('57ff2da0-773e-42df-b2af-ffb7a2317929', 'TEAMS1')],
  },
  O365_BUSINESS_PREMIUM: {
    skuId: 'f245ecc8-75af-4f8e-b61f-27d8114de5f3',
    skuPartNumber: 'O365_BUSINESS_PREMIUM',
    servicePlans: [exchangePlan1, plan('57ff2da0-773e-42df-b2af-ffb7a2317929', 'TEAMS1')],
  },
  EXCHANGESTANDARD: {
    skuId: '4b9405b0-7788-4568-add1-99614e613b69',
    skuPartNumber: 'EXCHANGESTANDARD',
    servicePlans: [exchangePlan1],
  },
  DESKLESSPACK: {
    skuId: '4b585984-651b-448a-9e53-3b10f069cf7f',
    skuPartNumber: 'DESKLESSPACK',
    servicePlans: [exchangeKiosk],
  },
  POWER_BI_STANDARD: {
    skuId: 'a403ebcc-fae0-4ca2-8c8c-7a907fd6c235',
    skuPartNumber: 'POWER_BI_STANDARD',
    servicePlans: [exchangeFoundation, plan('2049e525-b859-401b-b2a0-e0a31c4b1fe4', 'BI_AZURE_P0')],
  },
}
